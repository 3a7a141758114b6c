"""Changes and releases: asked for, approved, announced or not."""
