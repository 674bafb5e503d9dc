"""Briefings: a conclusion for everybody, the rest for members, and a link with which a lead lets somebody try one."""
