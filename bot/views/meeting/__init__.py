"""The committee's report for a meeting: one content, as a PDF and as a Word document."""
