"""Column names in French."""

from __future__ import annotations

EXACT = {
    "kind": "Est une société|Est une entreprise|Type de société|Personne physique/morale|Nature du client|"
    "Type de personne",
    "?kind": "Type|Nature",
    "prefix": "Civilité|Titre de civilité|Préfixe|Préfixe du nom|Formule d'appel|Appellation",
    "given": "Prénom|Prénoms|Prénom du contact|Prénom contact",
    "middle": "Deuxième prénom|Second prénom|Autres prénoms|Deuxieme prenom",
    "family": "Nom de famille|Nom famille|Patronyme|Nom d'usage|Nom de naissance|Nom marital",
    "suffix": "Suffixe|Suffixe du nom",
    "nickname": "Surnom|Petit nom|Pseudo|Pseudonyme|Diminutif",
    "full_name": "Nom complet|Nom à afficher|Nom affiché|Nom et prénom|Prénom et nom|Nom Prénom|Prénom Nom|"
    "Nom d'affichage|Contact|Interlocuteur|Nom du client|Nom client|Client|"
    "Contact principal",
    "phonetic_given": "Prénom Yomi|Prénom phonétique",
    "phonetic_family": "Nom Yomi|Nom phonétique|Nom de famille phonétique",
    "company": "Dénomination|Dénomination sociale|Établissement|Structure|Société liée|Société|Entreprise|"
    "Organisation|Raison sociale|Nom de la société|Nom de l'entreprise|"
    "Nom de l'organisation|Organisme|Nom du compte|Employeur|Nom société|Nom entreprise|Nom tiers|Nom du tiers",
    "department": "Organisation – Service|Service|Département de l'entreprise|Division",
    "position": "Organisation – Titre|"
    "Fonction|Qualité|Poste|Intitulé du poste|Titre du poste|Position|Emploi|Métier|Poste occupé",
    "?position": "Profession",
    "birthday": "Date naiss.|Date naissance|Né(e) le|DDN|Anniversaire|Date de naissance|Naissance|Né le|Née le",
    "birthday.year": "Année de naissance",
    "birthday.month": "Mois de naissance",
    "birthday.day": "Jour de naissance",
    "anniversary": "Anniversaire de mariage ou fête|Anniversaire de mariage|Date de mariage",
    "gender": "Sexe|Genre",
    "notes": "Mémo|Notes|Note|Remarques|Remarque|Commentaires|Commentaire|Description|Observations|Observation|"
    "À propos",
    "tags": "Catégories|Étiquettes|Étiquette|Tags|Libellés|Groupes|Groupe|Mots clés",
    "categories": "Catégorie",
    "type": "Type de contact|Type de client",
    "responsible": "Utilisateur responsable|Responsable du compte|Responsable commercial|Chargé de compte|"
    "Chargée de compte",
    "site": "Nom du site|Agence|Succursale|Filiale",
    "item": "Élément|Nom de l'animal|Véhicule|Dossier|Nom du patient",
    "language": "Langue",
    "currency": "Devise|Monnaie",
    "photo_url": "Photo",
    "external_id": "Code tiers|Identifiant|Code client|Numéro client|N° client|Référence client|ID client|"
    "ID de fiche d'informations",
    "emails": "Adresse de messagerie|Adresse électronique|Adresse de courrier|Adresse de courriel|"
    "Première adresse électronique|Adresse électronique principale|Deuxième adresse électronique|"
    "Seconde adresse électronique|Adresse électronique secondaire|Adresse e-mail principale|Adresse mail",
    "phones": "Tél/Fax|Téléphone/Fax",
    "phones[main]": "Téléphone principal",
    "phones[company]": "Téléphone société|Standard",
    "phones[assistant]": "Téléphone de l'assistant(e)",
    "phones[car]": "Téléphone (voiture)",
    "phones[pager]": "Récepteur de radiomessagerie|Bip",
    "addresses[work].po_box": "B.P. professionnelle",
    "addresses[home].po_box": "Boîte postale du domicile",
    "addresses[other].po_box": "Autre boîte postale",
    "ignore": "Nom de jeune fille|Connexion le|Nom de l'écran|Divers 1|Divers 2|Divers 3|Divers 4|Type de messagerie|"
    "Type de messagerie 2|"
    "Type de messagerie 3|Nom complet de l'adresse de messagerie|"
    "Nom complet de l'adresse de messagerie 2|Nom complet de l'adresse de messagerie 3|Nom de l'assistant(e)|"
    "Responsable|Rappel|RNIS|Radio téléphone|Téléphone TDD/TTY|Télex|Informations facturation|Enfants|"
    "Code gouvernement|Passe-temps|Initiales|Disponibilité Internet|Emplacement|Kilométrage|Bureau|Priorité|"
    "Privé|Critère de diffusion|Conjoint(e)|Utilisateur 1|Utilisateur 2|Utilisateur 3|Utilisateur 4|"
    "Société Yomi|Compte de messagerie|SIRET|SIREN|Propriétaire|Propriétaire du contact|"
    "Propriétaire de l'entreprise|Propriétaire du compte|Attribué à|Créé par|Modifié par",
    "?family-or-full": "Nom|Nom contact|Nom du contact",
    "?title": "Titre",
    "?birthday.month": "Mois",
    "?birthday.day": "Jour",
}

NOUNS = {
    "email": "email|mail|courriel|mel|messagerie|adresse de messagerie|adresse email|adresse mail|"
    "adresse electronique|courrier electronique|adresse de courriel|adresse de courrier|emails",
    "phone": "telephone|tel|telephone fixe|fixe|numero de telephone|n de telephone|num tel|numero tel|"
    "no de telephone|telephones|no tel|n tel",
    "mobile": "mobile|portable|gsm|telephone mobile|telephone portable|tel mobile|tel portable|"
    "numero de mobile|numero de portable|numero mobile",
    "fax": "fax|telecopie|telecopieur|numero de fax|numero de telecopie",
    "pager": "pager|bip",
    "address": "adresse|adresse postale",
    "street": "rue|voie|no et rue|n et rue|numero et rue|rue et numero|adresse rue|adresse ligne",
    "number": "numero de rue|n de rue|no de rue|n rue|numero de voie|n de voie|n voie|no voie|numero voie|numero rue",
    "extended": "complement d adresse|complement adresse",
    "city": "ville|commune|localite",
    "region": "region|departement|dep region|etat|province|canton|dept|etat province",
    "postal_code": "code postal|cp|npa",
    "country": "pays|pays region",
    "po_box": "boite postale|bp",
    "formatted": "adresse complete",
    "website": "site web|sites web|page web|site internet|site|url|adresse web|web",
}

KINDS = {
    "work": "bureau|professionnel|professionnelle|pro|travail|societe|entreprise|facturation",
    "home": "domicile|dom|personnel|personnelle|perso|prive|privee|maison",
    "other": "autre|secondaire|livraison",
}

FILL = "et|de|du|la|le|l|d|principal|principale|contact"

LABEL = "libelle|type|etiquette"
VALUE = "valeur"
