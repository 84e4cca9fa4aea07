"""What the text of every room needs: posts and their history, who is named in them, drafts, and how far people have read."""
