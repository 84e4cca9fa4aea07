"""What this room registers."""

from forum.mydata.erasing import close_due_accounts
from forum.mydata.keeping import keep_house
from forum.mydata.kept import RETENTION
from forum.mydata.making import make_one, remove_files, sweep
from forum.mydata.personal import PERSONAL
from forum.mydata.tellers import TELLERS
from forum.mydata.views import blueprint
from forum.spaces.feature import Feature

feature = Feature(
    name="mydata",
    blueprints=(blueprint,),
    tellers=TELLERS,
    jobs=(make_one,),
    upkeep=(close_due_accounts, keep_house, sweep),
    personal=PERSONAL,
    on_closing=remove_files,
    retention=RETENTION,
)
