"""Everyday words: those that say nothing of what is looked for, and those of which one says what another says too.

Looked at only when all words together find little: a question is answered in other words than it is asked in.
"""

from collections.abc import Mapping

from forum.search.stems import stems_of

STOP = frozenset(
    stems_of(
        """a about after again all also am an and any anybody anyone anything are as ask at be because been before being best but by
        can cant come could did didnt do does doesnt doing done dont down each else even ever every everyone find first for from get
        gets getting give go goes going good got had has hasnt have havent having he hello help her here hi him his how however i if
        im in into is isnt it its ive just keep keeps know let like look looking make makes making many may me might more most much
        must my need needs no nor not now of off on once one only onto or other our out over own people please put really right
        said same say says see seem seems she should since so some somebody someone something still such sure take tell than thank
        thanks that the their them then there these they thing things think this those though through to too try trying under until
        up us use used using very via want wants was way we well went were what when where whether which while who whom why will
        with without wont work works would yes yet you your"""
    )
)

_GROUPS = """
log in | login | sign in | signin | sign on | logon | log on
password | passcode | passphrase | credential | pin
expire | ran out | run out | out of date | lapse
locked out | lock | blocked | shut out | throw out
two-factor | 2fa | mfa | authenticator | second factor | code
hacked | hijack | stolen | taken over | compromised
email | mail | inbox | outlook | mailbox
instant message | chat | whatsapp | messenger | teams
sms | text message | text
reply | answer | respond | response
forward | pass on | send | share
attachment | attach | file
bounce | returned | undelivered
spam | junk | advert
signature | footer
electronic signature | docusign | sign electronically | esign
contract | agreement
out of office | automatic reply | autoreply
newsletter | bulletin | mailing | mailing list
unsubscribe | opt out | get off | opted out
website | site | web page | webpage | web
home page | front page | start page
banner | carousel | slider
link | url | address
dead link | broken link | 404
intranet | sharepoint | team site | shared library
folder | directory | library
externals | external | outsider | guest | partner
access | permission | right
photo | picture | image | photograph
film | video | clip | recording
broadcast | stream | live | webcast
phone | telephone | mobile | call
caller | people on the other end | call
meeting | meet | session | meetup
kickoff | kick-off | first meeting | first meetup | icebreaker
online meeting | video call | zoom | webinar | teams
breakout | breakout room | group
echo | howl | feedback
sound | audio | voice | hear | microphone | mic
muffled | tinny | bucket | unclear
headset | headphone | earphone
camera | webcam
freeze | frozen | hang | stuck
screen | monitor | display
form | questionnaire | application
survey | consultation | questionnaire | poll
take part | took part | answer | response
birthday | date of birth | birth | date
document | file | doc | paper
spreadsheet | excel | sheet | csv | workbook | xls | xlsx
presentation | slide | powerpoint | deck
import | abroad | foreign
swapped | swap | american | wrong way round
formula | calculation | sum
chart | graph | dashboard | report | figure
huge | big | large | enormous
slow | forever | ages | minute | hour
load | open | start
broken | fail | not working | error | wrong | bug | crash
lost | missing | disappear | gone | vanish
print | printer | copier
machine | printer | device
scan | scanner
version | copy | duplicate
delete | remove | take down | erase | get rid
change | edit | update | alter | amend | correct
calendar | diary | appointment
reserve | reservation | book | booking
seat | desk
room | space
no show | show up | turn up | come | attend | empty
occupied | already people | two group | double booking
christmas | festive | new year
ill | sick | off sick | off ill | absence
holiday | leave | annual leave | away | absence | vacation | maternity
cover | stand in | replace | substitute
rota | shift | duty
share out | split | divide
monitor | look after | watch
colleague | coworker | staff | team
management | manager | boss | supervisor | director | leadership
resident | citizen | customer | public
newcomer | new | starter | welcome | induction | onboarding
drop out | leave | quit | stay
network | community | community of practice
champion | volunteer | network
convince | persuade | interested | no
reluctant | refuse | resist | managed without
ignored | ignore | nobody use | unused | nobody read
rude | abusive | nasty | hostile | abuse
angry | furious | upset | cross
complaint | complain | grievance
social media | facebook | twitter | instagram | post
tweet | post
automatically | automatic | schedule
joke | jokey | funny | cheerful | humour
disaster | tragedy | death | accident
bad weather | snow | storm | flood | weather
closed | closure | close | shut
contradictory | contradict | different | two of us
train | training | course | teach | learn | lesson | workshop
sign up | register | book | enrol
prove | show | measure | evidence | demonstrate
difference | change | impact | effect
accessible | accessibility | screen reader | disability | disabled
deaf | hard of hearing | hearing loop
blind | partially sighted | visually impaired
sign language | bsl | interpreter
caption | subtitle | transcript
alt text | image description | describe picture
dictation | dictate | voice recognition | speech recognition
enlarge | magnify | zoom | bigger
store | save | keep | archive
privacy | gdpr | data protection | personal data
private | secret | subject | confidential
freedom of information | foi | disclose | disclosed | disclosure
legal | legally | law | allowed
scam | phishing | fraud | fake | suspicious | hoax
approve | approval | permission | sign off | allow
wifi | wireless | internet | connection
vpn | remote | from home | home working
laptop | computer | pc
restart | reboot | turn off
app | application | software | program | tool
translate | translation | language | interpreter | speak english
plain english | jargon | simple language | readable | easy read
older | elderly | pensioner | senior citizen
child | kid | pupil | young
bin | waste | rubbish | refuse | recycling
budget | money | cost | funding
pay | payment | card | invoice | bill
supplier | vendor | contractor
leaver | left | former | gone
number | statistic | figure | analytics
feedback | comment | review
out of step | lip | delay | sync
lips | lip | out of step | picture
urgent | emergency | quickly
folk | people
audio | recording | interview | sound
typed up | type up | transcribe | transcription | dictation | audio into text
confidential | private | sensitive | secret
refuse | cannot | beyond | limit
mute | unmute | silence
loud | quiet | volume
background | blur
raise hand | hand up
lag | delay | slow | buffering
battery | charger | charge | power
dock | docking station | cable | adapter | plug
keyboard | key | shortcut
mouse | trackpad | pointer
browser | chrome | edge | firefox | safari
cookie | consent | tracking
popup | dialog | window | message
download | save | export
upload | put up | add
update | upgrade | new version | patch
install | set up | configure
crash | freeze | hang | close
lost phone | stolen phone | lost laptop
map | location | address | where
qr code | barcode | sticker
kiosk | terminal | self service
sign | notice | poster | leaflet | flyer
brochure | leaflet | booklet | handout
logo | brand | style guide | house style
font | typeface | letter
colour | contrast | shade
template | letterhead | pattern
mail merge | serial letter | label
macro | script | automate | automation
database | record | register
filter | sort | hide
column | row | cell
comma | semicolon | separator | csv
merge | combine | join | put together
split | separate | divide
rename | name | call
lock | protect | read only
undo | restore | recover | get back | bring back
backup | copy | restore
conflict | overwrite | out of sync
storage | quota | full | space
retention | keep | delete after | archive
intern | apprentice | trainee | student
part-time | part timer | part time
team leader | supervisor | manager
retire | leave | pension
councillor | member | politician | mayor
election | purdah | vote
press | journalist | media | reporter
parent | family | carer | guardian
pupil | student | child | learner
patient | client | user
doctor | gp | clinic | practice
police | fire | ambulance
tenant | renter | housing
landlord | housing | owner
parking | permit | fine | car park
road | pothole | street
planning | building | development
library | librarian | book
school | teacher | class
museum | gallery | exhibition
event | festival | show | open day
ticket | entry | admission
donation | give money | fundraising
volunteer | helper | unpaid
meeting notes | minutes | note | summary
agenda | plan | programme
reminder | remind | nudge | alert | notification
deadline | due date | due
task | to do | action | job
spam | bot | robot | automatic
troll | abuse | insult | harass
ban | block | mute | remove
moderate | moderation | delete comment
rumour | misinformation | false | fake news
apology | apologise | sorry
crisis | emergency | incident | outage
down | offline | outage | not reachable
follower | like | reach | audience
hashtag | tag | keyword
video | youtube | film | clip
live | stream | broadcast
podcast | audio | episode
group | community | forum
drop-in | surgery | clinic | open hour
mentor | buddy | peer | tandem
confidence | afraid | scared | nervous | fear
beginner | basics | novice | starter
expert | specialist | advanced
time | busy | workload | on top of
reward | thank | recognise | recognition | praise
motivate | encourage | keep going
bored | boring | dull
remote | hybrid | from home | at home
office | building | site
lift | stairs | wheelchair | step free
hearing | deaf | loop
sight | blind | glasses
dyslexia | reading | spelling
autism | neurodiverse | adhd
foreign language | welsh | polish | translation
purchase | buy | procure | order
licence | license | subscription
free | no cost | cheap
secure | safe | security
share screen | screen sharing | present
link expired | link died | stopped working
recording | record | film
approve | sign off | clear
spelling mistake | typo | error
heading | title | headline
search engine | google | search
find | findable | look up
statistics | visits | hits | views
bounce rate | give up | abandon | drop off
artificial intelligence | ai | chatgpt | copilot | chatbot
chatbot | bot | assistant
paper | hardcopy | printed | print out
post | letter | mail
fax | post | letter
signature | sign | signed
photo consent | consent | permission
copyright | licence | may we use
"""


def _read(groups: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return, by the first word of each member, the other members of its groups, as stems."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in groups.strip().splitlines():
        members = [tuple(stems_of(member)) for member in line.split("|")]
        for member in members:
            known = found.setdefault(" ".join(member), [])
            known += [other for other in members if other != member and other not in known]
    return {member: tuple(others) for member, others in found.items()}


ALIKE = _read(_GROUPS)
"""By a word, or several apart by spaces, what says the same."""
LONGEST_ALIKE = max(member.count(" ") + 1 for member in ALIKE)
