"""The platform's rules: what an org does with apps, people and deploys."""
