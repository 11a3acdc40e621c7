"""The page: which blocks in which order, and the words between the equations.

The order is that of a lecture: the question, the model with its numbers, the loss, the idea of
gradient descent, every gradient from the output layer back, the update, the model and the loss
after it.
"""
