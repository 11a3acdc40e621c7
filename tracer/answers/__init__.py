"""What students hand in, read as data: (quantity, value, precision). Nothing is ever evaluated.

Text becomes a tree by one grammar over an explicit table of characters, a tree becomes an exact
number under a budget, and a file becomes a `submission.Submission`.
"""
