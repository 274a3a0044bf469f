"""`maestro runs watch`: what happens to runs, as a picture, as lines or as JSON."""
