"""What can be done: one function is one transaction. Services ask `rules` whether the person may."""
