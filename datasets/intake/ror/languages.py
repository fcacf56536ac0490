"""Which languages are those of a country, official or spoken by many: a name in one of them is a native name."""

from __future__ import annotations

_TABLE = """
AD ca|AE ar|AF fa ps|AL sq|AM hy|AO pt|AR es|AT de|AU en|AZ az|BA bs hr sr|BB en|BD bn|BE nl fr de|BF fr|BG bg|BH ar
BI rn fr|BJ fr|BN ms|BO es ay qu|BR pt|BS en|BT dz|BW en tn|BY be ru|BZ en|CA en fr iu|CD fr ln sw|CF fr sg|CG fr
CH de fr it rm|CI fr|CL es|CM fr en|CN zh bo ug mn|CO es|CR es|CU es|CV pt|CY el tr|CZ cs|DE de|DJ fr ar|DK da|DM en
DO es|DZ ar fr|EC es qu|EE et|EG ar|ER ti ar en|ES es ca eu gl oc|ET am om ti so|FI fi sv se|FJ en fj|FM en|FO fo da
FR fr br co oc eu|GA fr|GB en cy gd ga|GD en|GE ka|GF fr|GH en|GL kl da|GM en|GN fr|GP fr|GQ es fr pt|GR el|GT es
GU en ch|GW pt|GY en|HK zh en|HN es|HR hr|HT ht fr|HU hu|ID id jv|IE en ga|IL he ar|IM en gv
IN hi en as bn gu kn ks ml mr ne or pa sa sd ta te ur|IQ ar ku|IR fa|IS is|IT it de fr sc|JM en|JO ar|JP ja|KE en sw
KG ky ru|KH km|KI en|KM ar fr|KN en|KP ko|KR ko|KW ar|KZ kk ru|LA lo|LB ar fr|LC en|LI de|LK si ta|LR en|LS st en
LT lt|LU lb fr de|LV lv|LY ar|MA ar fr|MC fr|MD ro ru|ME sr bs sq hr|MG mg fr|MH en mh|MK mk sq|ML fr bm|MM my|MN mn
MO zh pt|MQ fr|MR ar fr|MT mt en|MU en fr|MV dv|MW en ny|MX es|MY ms en|MZ pt|NA en af|NC fr|NE fr ha|NG en ha ig yo
NI es|NL nl fy|NO no nb nn se|NP ne|NR en na|NZ en mi|OM ar|PA es|PE es qu|PF fr ty|PG en ho|PH tl en|PK ur en ps pa sd
PL pl|PR es en|PS ar|PT pt|PY es gn|QA ar|RE fr|RO ro|RS sr hu|RU ru ba ce cv tt|RW rw en fr|SA ar|SB en|SC en fr
SD ar en|SE sv se|SG en zh ms ta|SI sl|SK sk|SL en|SM it|SN fr wo|SO so ar|SR nl|SS en|ST pt|SV es|SX nl en|SY ar
SZ en ss|TD fr ar|TG fr|TH th|TJ tg ru|TL pt|TM tk ru|TN ar fr|TO en to|TR tr|TT en|TW zh|TZ sw en|UA uk ru|UG en sw
US en
UY es|UZ uz ru|VA it la|VC en|VE es|VG en|VI en|VN vi|VU bi en fr|WS sm en|YE ar|ZA af en nr ss st tn ts ve xh zu|ZM en
ZW en sn nd
"""

LANGUAGES: dict[str, frozenset[str]] = {
    country: frozenset(languages)
    for country, *languages in (entry.split() for entry in _TABLE.replace("\n", "|").split("|") if entry)
}
"""By ISO 3166-1 code: the ISO 639 codes of a country's languages."""
