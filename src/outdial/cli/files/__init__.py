"""Configuration as files: ``outdial export`` writes what a service has, ``outdial apply`` makes it so.

Names stand for ids; what a file does not mention stays as it is. Reading and planning are pure: values in, steps out.
"""
