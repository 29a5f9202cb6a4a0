"""Results into words, pictures and files, for one reader. Nothing here decides anything."""
