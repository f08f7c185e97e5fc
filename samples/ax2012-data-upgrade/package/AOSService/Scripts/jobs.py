# SPDX-License-Identifier: MIT
"""The upgrade jobs that the AOS runs: each converts a range of rows, inside the transaction it is called in."""

# Room for the opening entries of the new ledger: all numbers go up by this. While only a part of a table is done, a new number
# is that of a row not yet converted; that is why the unique indexes are disabled meanwhile.
OPENING_ENTRIES = 500

# Job: its table, and how to know a row that it has not converted yet.
CONVERSIONS = {
    "ConvertCustTable": ("CUSTTABLE", "PARTY IS NULL"),
    "ConvertCustTrans": ("CUSTTRANS", "AMOUNTMINOR IS NULL"),
    "ConvertInventTrans": ("INVENTTRANS", "STATUSISSUE IS NULL"),
}


def _disable_unique_index(db, name):
    db.execute(f"DROP INDEX IF EXISTS {name}")


def _convert_cust_table(db, first, last):
    """A customer's name moves to the global address book: one party each."""
    db.execute(
        "INSERT INTO DIRPARTYTABLE SELECT RECID, printf('P%06d', substr(ACCOUNTNUM, 2)), NAME FROM CUSTTABLE"
        " WHERE RECID BETWEEN ? AND ? AND PARTY IS NULL",
        (first, last),
    )
    db.execute("UPDATE CUSTTABLE SET PARTY = RECID WHERE RECID BETWEEN ? AND ? AND PARTY IS NULL", (first, last))


def _convert_cust_trans(db, first, last):
    """Amounts become whole cents."""
    db.execute(
        "UPDATE CUSTTRANS SET AMOUNTMINOR = CAST(round(AMOUNTCUR * 100) AS INTEGER),"
        " VOUCHER = printf('V%06d', substr(VOUCHER, 2) + ?) WHERE RECID BETWEEN ? AND ? AND AMOUNTMINOR IS NULL",
        (OPENING_ENTRIES, first, last),
    )


def _convert_invent_trans(db, first, last):
    """One status of eight values becomes two: 1 to 4 say how far a receipt is, 5 to 7 an issue, 0 neither."""
    db.execute(
        "UPDATE INVENTTRANS SET STATUSRECEIPT = iif(STATUS BETWEEN 1 AND 4, STATUS, 0),"
        " STATUSISSUE = iif(STATUS > 4, STATUS - 4, 0), INVENTTRANSID = printf('T%06d', substr(INVENTTRANSID, 2) + ?)"
        " WHERE RECID BETWEEN ? AND ? AND STATUSISSUE IS NULL",
        (OPENING_ENTRIES, first, last),
    )


def run(db, script, argument):
    """Runs the job; the argument is the name of an index, or a range of records, "FIRST..LAST"."""
    if script == "DisableUniqueIndex":
        _disable_unique_index(db, argument)
        return
    first, last = map(int, argument.split(".."))
    convert = {
        "ConvertCustTable": _convert_cust_table,
        "ConvertCustTrans": _convert_cust_trans,
        "ConvertInventTrans": _convert_invent_trans,
    }
    convert[script](db, first, last)
