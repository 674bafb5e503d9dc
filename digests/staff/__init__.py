"""What staff see of mail in the CMS, under `/cms/mail/`."""
