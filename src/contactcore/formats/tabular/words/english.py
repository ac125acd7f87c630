"""Column names in English: Google, Outlook, Thunderbird, LinkedIn, Yahoo, HubSpot, Salesforce and plain files."""

from __future__ import annotations

EXACT = {
    "kind": "Is a Company|Is Company|Company Type|Contact Kind|Kind|Person Type|Is Organization|Is Organisation|"
    "Individual/Company|Person/Company|Company/Person|Person or Company|Is a Business|Entity Type",
    "?kind": "Type|Record Type",
    "prefix": "Mr/Mrs|Name Prefix|Prefix|Salutation|Honorific|Honorific Prefix|Courtesy Title|Name Title",
    "given": "Billing First Name|First Names|First Name(s)|First Name|Given Name|Forename|First|Fname|Christian Name|"
    "Contact First Name|"
    "Firstname",
    "middle": "Middle Initial|Middle Name|Additional Name|Middle|Second Name|Middle Names|Middlename",
    "family": "Billing Last Name|Last Name|Family Name|Surname|Last|Lname|Contact Last Name|Lastname",
    "suffix": "Suffix|Name Suffix|Honorific Suffix|Generational Suffix",
    "nickname": "Nickname|Nick Name|Nick|Goes By|Called|Alias|Known As|Preferred Name",
    "full_name": "Customer|Customer Full Name|Full Name|Display Name|Contact Name|Fullname|Contact|Person|"
    "Complete Name|Customer Name|Client Name|Member Name",
    "file_as": "File As",
    "phonetic_given": "Given Yomi|Phonetic First Name|Given Name Yomi|Yomi First Name|Phonetic Given Name",
    "phonetic_family": "Phonetic Last Name|Family Name Yomi|Yomi Last Name|Phonetic Family Name|Surname Yomi",
    "company": "Company / Account|Account: Account Name|"
    "Billing Company|Default Address Company|Related Company|Related Company/Display Name|Related Company/Name|"
    "parent_id/name|Company|"
    "Company/Organization|Trading Name|Accounts|Sales Account|Work Company|companyname|"
    "Company Name|Organization|Organisation|Organization Name|Organisation Name|Account Name|"
    "Organization 1 Name|Employer|Business|Business Name|Firm|Associated Company|Primary Company|Org",
    "department": "Work Dept|Department|Organization Department|Organization 1 Department|Division|Dept|"
    "Company Department",
    "position": "Designation|Work Title|Contact Title|"
    "Job Title|Position|Organization Title|Organization 1 Title|Role|Jobtitle|Job|Job Position|Function",
    "birthday": "D.O.B.|Birthday|Date of Birth|Birthdate|Birth Date|DOB|Born",
    "birthday.year": "Birth Year",
    "birthday.month": "Birth Month",
    "birthday.day": "Birth Day",
    "anniversary": "Anniversary|Wedding Anniversary|Wedding Date",
    "anniversary.year": "Anniversary Year",
    "anniversary.month": "Anniversary Month",
    "anniversary.day": "Anniversary Day",
    "gender": "Gender|Sex",
    "notes": "Account Description|Company Description|Notes|Note|Comments|Comment|Description|Background|About|"
    "Remarks|Remark|Contact Description|Bio|Memo|Info",
    "tags": "Tag List|Contact Tag 1|Contact Tag 2|Contact Tag 3|Label|category_id/name|Tags|Tag|Labels|"
    "Group Membership|Categories|Groups|Group|Keyword Tags|Contact Tags",
    "categories": "Category",
    "type": "Contact Type|Customer Type|Client Type",
    "responsible": "Responsible|Responsible user|Responsible users|Assigned user|Account manager",
    "site": "Site name|Branch|Branch name|Branch office",
    "item": "Item|Item name|Pet|Pet name|Patient name|Vehicle|Case name",
    "language": "Lang|Language|Preferred Language",
    "currency": "Currency|Currency Code",
    "photo_url": "Photo|Photo URL|Picture URL|Avatar|Avatar URL|Image URL|Profile Picture",
    "external_id": "Customer No|"
    "Lead ID|Record ID Company|ID|Record ID|Contact ID|External ID|Salesforce ID|Customer ID|UUID|"
    "UID|HubSpot Contact ID|"
    "Contact No|Customer Number|Record ID Contact|Client ID",
    "emails": "Email Addresses|Email Address|Primary Email|Secondary Email|Alternate Email|Alternate Email 1|"
    "Alternate Email 2|"
    "Additional Email Addresses",
    "phones[work]": "Direct Dial|Direct Line|Direct Phone",
    "phones[main]": "Primary Phone|Main Phone|Phone Main|Phone Primary",
    "phones[company]": "Company Main Phone|Company Phone|Switchboard|Organization Phone",
    "phones[assistant]": "Assistant Phone|Assistant's Phone|Asst Phone|Asst. Phone",
    "phones[car]": "Car Phone|Phone Car|Car",
    "addresses[work].po_box": "Business Address PO Box|Work PO Box|Work Address PO Box",
    "addresses[home].po_box": "Home Address PO Box|Home PO Box",
    "addresses[other].po_box": "Other Address PO Box|Other PO Box",
    "phones": "Phone Numbers|Tel/Fax|Telephone/Fax|Default Address Phone",
    "?phones[home]": "Home",
    "?phones[work]": "Work",
    "?phones[other]": "Other|Yahoo Phone",
    "?phones[main]": "Primary",
    "addresses[work].street": "Mail Street",
    "addresses[work].city": "Mail City",
    "addresses[work].region": "Mail State",
    "addresses[work].postal_code": "Mail Postal Code",
    "addresses[work].country": "Mail Country",
    "addresses.street": "Default Address Address1|Street/road name of Address",
    "addresses.street2": "Default Address Address2",
    "addresses.city": "City/town/village/locality of Address",
    "addresses.region": "Default Address Province Code|Province Code|state_id/name",
    "addresses.country": "country_id/name",
    "addresses.formatted": "Full/combined address of Address",
    "websites[home]": "Personal Website|Personal Web Page|Web Page 2",
    "websites[work]": "Business Website|Web Page 1|Company Website",
    "websites[linkedin]": "LinkedIn Company Page|LinkedIn Page|LinkedIn URL|LinkedIn Profile URL|LinkedIn Profile|"
    "LinkedIn Link",
    "socials[linkedin]": "LinkedIn|LinkedIn Username|LinkedIn Bio",
    "socials[twitter]": "Twitter|Twitter Handle|Twitter Username|X Handle",
    "socials[facebook]": "Facebook|Facebook Username",
    "socials[instagram]": "Instagram|Instagram Handle|Instagram Username",
    "socials[github]": "GitHub|GitHub Username",
    "socials[skype]": "Skype|Skype ID|Skype Name",
    "socials[xing]": "Xing",
    "ignore": "IMAddress|Associated Company IDs|Email Type|Email Display Name|"
    "Email 2 Display Name|Email 3 Display Name|"
    "Assistant's Name|Manager's Name|Callback|ISDN|Radio Phone|TTY/TDD Phone|Telex|Billing Information|Children|"
    "Directory Server|Government ID Number|Hobby|Initials|Internet Free Busy|Keywords|Location|Mileage|"
    "Office Location|Organizational ID Number|Priority|Private|Referred By|Sensitivity|Spouse|User 1|User 2|"
    "User 3|User 4|Phonetic Middle Name|Additional Name Yomi|Yomi Name|Connected On|Contact Owner|Lead Status|"
    "Lifecycle Stage|Lead Source|Screen Name|Messenger ID|Distribution Lists|Custom 1|Custom 2|Custom 3|Custom 4|"
    "Company ID|Status|Create Date|Company Yomi|Web Link|Schools|Occupation|Maiden Name|Short Name|Subject|"
    "Account ID|Owner ID|Last Activity Date|Contact Owner Alias|Primary Associated Company ID|Service|"
    "Owner|Company Owner|Account Owner|Lead Owner|Deal Owner|Record Owner|Owner Name|Owner Email|Contact Owner Email|"
    "Created By|Modified By|Last Modified By|Assigned To|Manager Email|Assistant Email",
    "?position": "Profession",
    "?family-or-full": "Name",
    "?title": "Title",
}

NOUNS = {
    "email": "email|emails|mail|email address|mail address|emailaddress",
    "phone": "phone|phones|telephone|tel|phone number|telephone number|tel number|phone no|tel no|landline|phonenumber",
    "mobile": "mobile|cell|cellular|cellphone|mobile phone|cell phone|mobile number|mobile phone number|gsm|"
    "mobilephone|i phone|mobile no|whatsapp number",
    "fax": "fax|fax number|fax no|facsimile|fax phone",
    "pager": "pager|pager number",
    "address": "address|street address|postal address|mailing address|physical address",
    "street": "street|address line|address street|street name|addr",
    "number": "house number|house no|housenumber|house nr|street number|street no|building number",
    "city": "city|town|locality|suburb",
    "region": "state|region|province|county|state province|state prov|state region|state or province|state code",
    "postal_code": "postal code|zip|zip code|zipcode|postcode|post code|zip postal code|postalcode|zip or postal code|"
    "zip postal|postal zip code|"
    "postal zip",
    "country": "country|country name|country region|country code|country or region",
    "po_box": "po box|post office box|p o box",
    "extended": "extended address|suite|apartment|building",
    "formatted": "formatted|formatted address|full address|complete address",
    "website": "website|www|websites|website link|domain name|web site|web page|webpage|url|homepage|home page|"
    "website url|web|site|website address|"
    "web address|internet",
}

KINDS = {
    "work": "work|business|office|mailing|billing|corporate|company|professional",
    "home": "home|personal|private|house",
    "other": "other|secondary|alternate|alternative|shipping|additional|alt",
}

FILL = "primary|main|default|value|the|of|contact|default|s|preferred"

LABEL = "label|type"
VALUE = "value"
