"""What all forms share: their fields, who may open them, and which were overtaken."""
