"""Files attached to posts: taken in, described, sent along with a post, taken out, shown to who may see the post, cleaned."""
