"""What the text of every room needs: posts and their history, drafts, read marks."""
