"""The web's side of the house: headers, errors, access marks, sign-in state, limits, rendering. No domain."""
