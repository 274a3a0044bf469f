"""Model families behind one port, `Learner`; each module owns one library.

Nothing is re-exported here: importing one family must not import the other libraries.
"""
