"""The border where files become trusted values: YAML in, core values and problems out."""
