"""What a check may say of an answer that comes in pages; `paging` fetches them."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.checks.http.value_paths import Path


class Pages(BaseModel):
    """Where the next page is. Give one of next, cursor and offset, or link."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Path = Field(description="Path of the list that goes on from page to page.")
    next: Path | None = Field(None, description="Path of the address of the next page.")
    link: bool = Field(False, description="The address is in the Link header (rel=next).")
    cursor: Path | None = Field(None, description="Path of the mark to ask the next page with.")
    offset: str | None = Field(None, description="Parameter that counts items to leave out.")
    param: str | None = Field(None, description="Parameter that takes the cursor.")
    most: Annotated[int, Field(ge=1, le=20)] = Field(5, description="Pages to read at most.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.next, self.link, self.cursor, self.offset)
        if sum(bool(way) for way in ways) != 1:
            raise ValueError("give one of next, link, cursor and offset")
        if (self.cursor is None) != (self.param is None):
            raise ValueError("a cursor needs the parameter that takes it, and only a cursor does")
        return self
