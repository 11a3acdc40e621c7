"""A trace and a submission into verdicts.

The trace is evaluated once more, with the student's own values laid over it, so that what merely
follows from an earlier value is known without any rule of an author's.
"""
