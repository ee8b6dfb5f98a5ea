"""Measures moving pictures: MPEG-TS anatomy, rates, damage, decoding by ffmpeg, and players on hosts."""
