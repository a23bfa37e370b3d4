"""Pure rules of partners: licences, authorisations, admission."""
