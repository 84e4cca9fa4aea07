"""What every room stands on: the database, time, facts and mail, errors, text. No Flask but the database object in `db`."""
