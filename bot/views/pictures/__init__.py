"""Pictures and documents: figures to sheets, sheets to PNG and PDF by typst, from the templates of this folder."""
