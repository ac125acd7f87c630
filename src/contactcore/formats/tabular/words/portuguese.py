"""Column names in Portuguese."""

from __future__ import annotations

EXACT = {
    "kind": "É uma empresa|Tipo de pessoa|Tipo de empresa|Pessoa física/jurídica",
    "?kind": "Tipo",
    "prefix": "Tratamento|Forma de tratamento|Prefixo|Saudação",
    "given": "Primeiro nome|Nome próprio|Nomes próprios|Prenome",
    "middle": "Segundo nome|Nome do meio|Outros nomes|Nomes do meio",
    "family": "Sobrenome|Sobrenomes|Apelido de família|Último nome|Nome de família|Apelidos",
    "suffix": "Sufixo",
    "nickname": "Alcunha|Apelido|Como é conhecido",
    "full_name": "Nome completo|Nome e sobrenome|Nome e apelido|Contato|Contacto|Pessoa de contato|Pessoa de contacto|"
    "Nome do contato|Nome do contacto|Cliente|Nome do cliente|Nome de exibição|Nome a apresentar",
    "company": "Empresa|Nome da empresa|Companhia|Organização|Razão social|Nome fantasia|Nome comercial|Firma|"
    "Sociedade|"
    "Entidade|Denominação social",
    "department": "Departamento|Setor|Secção|Seção|Área",
    "position": "Cargo|Função|Posição",
    "?position": "Profissão|Ocupação",
    "birthday": "Data de nascimento|Nascimento|Aniversário|Data nascimento|Data nasc.|Dt. nascimento|Dt nasc",
    "birthday.year": "Ano de nascimento",
    "birthday.month": "Mês de nascimento",
    "birthday.day": "Dia de nascimento",
    "anniversary": "Aniversário de casamento",
    "gender": "Sexo|Gênero",
    "notes": "Notas|Nota|Observações|Observação|Obs.|Comentários|Comentário|Descrição|Anotações",
    "tags": "Etiquetas|Etiqueta|Marcadores|Marcador|Grupos|Grupo|Palavras-chave|Categorias",
    "categories": "Categoria",
    "type": "Tipo de contato|Tipo de contacto|Tipo de cliente",
    "responsible": "Responsável|Usuário responsável|Utilizador responsável",
    "language": "Idioma|Língua",
    "currency": "Moeda|Divisa",
    "external_id": "Código do cliente|Código cliente|Cód. cliente|Número do cliente|N.º de cliente|Nº cliente|"
    "Identificador|ID do cliente|ID do contato|ID do contacto",
    "phones[main]": "Telefone principal",
    "addresses[work].street": "Endereço comercial|Morada fiscal|Endereço de cobrança",
    "addresses[other].street": "Endereço de entrega|Morada de entrega",
    "ignore": "CPF|CNPJ|CPF/CNPJ|RG|NIF|NIPC|Inscrição estadual|IE|Contribuinte|IBAN|Proprietário|Criado por|"
    "Modificado por|Vendedor|Cliente desde|Data de cadastro|Data de criação",
    "?given-or-full": "Nome",
    "?title": "Título",
}

NOUNS = {
    "email": "email|mail|correio eletronico|endereco de email|endereco eletronico|emails|correio electronico",
    "phone": "telefone|tel|fone|telefone fixo|numero de telefone|fixo|telefones|telef|n de telefone",
    "mobile": "celular|telemovel|telefone celular|whatsapp|cel|telm|numero de telemovel|numero de celular",
    "fax": "fax|numero de fax",
    "pager": "pager",
    "address": "endereco|morada|domicilio|endereco postal|endereco completo",
    "street": "rua|logradouro|avenida|rua e numero",
    "number": "numero da porta|numero da rua|n da porta",
    "extended": "complemento|andar",
    "city": "cidade|localidade|municipio|concelho",
    "region": "estado|uf|distrito|provincia|regiao",
    "postal_code": "cep|codigo postal|cod postal|c postal",
    "country": "pais",
    "po_box": "caixa postal|apartado",
    "website": "site|website|pagina web|web|url|pagina da internet|sitio web",
}

KINDS = {
    "work": "trabalho|comercial|profissional|empresa|escritorio|cobranca",
    "home": "casa|pessoal|residencial|residencia|particular",
    "other": "outro|outra|secundario|alternativo|adicional|entrega",
}

FILL = "de|da|do|das|dos|principal|numero|e"

LABEL = "etiqueta|tipo|rotulo"
VALUE = "valor"
