"""From the block model to placed glyphs: directions, shaping, line breaking, blocks and pages."""
