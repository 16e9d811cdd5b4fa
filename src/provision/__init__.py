"""External client apps for Salesforce orgs, as code."""

__version__ = "0.1.0"
