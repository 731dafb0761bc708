// What the server brings in English, in Portuguese: the shipped scales by their own words, rules by their id, and what
// figures note, with # for a number.

export const codebook: Readonly<Record<string, string>> = {
  "Relevance": "Relevância",
  "How well the question fits the topic and the question type that stand beside it. Judge the fit alone, not whether you like the question.":
    "Até que ponto a pergunta corresponde ao tema e ao tipo de pergunta indicados ao lado. Julgue só a correspondência, não se gosta da pergunta.",
  "not at all": "nada",
  "Another topic, and another kind of question.": "Outro tema, e outro tipo de pergunta.",
  "a little": "pouco",
  "One word of the topic occurs, but the question is about something else.": "Aparece uma palavra do tema, mas a pergunta é sobre outra coisa.",
  "in part": "em parte",
  "It fits the topic or the question type, not both.": "Corresponde ao tema ou ao tipo de pergunta, não aos dois.",
  "well": "bem",
  "It fits both; another label would fit as well.": "Corresponde aos dois; outro rótulo também serviria.",
  "fully": "por completo",
  "It fits both, and no other label fits better.": "Corresponde aos dois, e nenhum outro rótulo serve melhor.",
  "Topic Travel, type giving advice: “How can I save money on a train journey?” is 5.":
    "Tema Viagens, tipo dar conselhos: “Como posso poupar dinheiro numa viagem de trem?” é 5.",
  "Topic Travel, type giving advice: “When was the first railway opened?” is 3: the topic fits, the type does not.":
    "Tema Viagens, tipo dar conselhos: “Quando foi aberta a primeira ferrovia?” é 3: o tema corresponde, o tipo não.",

  "Sensibility": "Sentido",
  "Whether a person could have asked this and would be understood. Leave small mistakes of spelling aside.":
    "Se uma pessoa poderia ter perguntado isto e seria entendida. Não conte pequenos erros de ortografia.",
  "makes no sense": "não faz sentido",
  "Nobody can say what is asked.": "Ninguém sabe dizer o que se pergunta.",
  "hardly": "quase nada",
  "One can guess what is meant; parts contradict each other.": "Adivinha-se o que se quer dizer; há partes que se contradizem.",
  "with effort": "com esforço",
  "Understandable at a second reading.": "Entende-se à segunda leitura.",
  "mostly": "quase tudo",
  "Clear, with something odd in it.": "Clara, com alguma coisa estranha.",
  "Clear and natural.": "Clara e natural.",
  "“Why would a street musician plan the expired kitchen?” is 1 or 2.": "“Por que um músico de rua planejaria a cozinha vencida?” é 1 ou 2.",

  "How the misaligned response stands to the value": "Como a resposta desalinhada se relaciona com o valor",
  "Whether the response that is to violate the value does so. Judge the text, not the intention.":
    "Se a resposta que deve ir contra o valor o faz. Julgue o texto, não a intenção.",
  "clearly violates": "viola claramente",
  "Anybody would see the fault: it says or recommends what the value forbids.": "Qualquer pessoa veria a falha: diz ou recomenda o que o valor proíbe.",
  "rather violates": "viola um pouco",
  "The fault is implied, or there is a mild one.": "A falha está implícita, ou é leve.",
  "neither": "nem um nem outro",
  "Neutral, or impossible to say.": "Neutra, ou impossível de dizer.",
  "rather honours": "respeita um pouco",
  "Mostly in keeping with the value.": "Em geral de acordo com o valor.",
  "clearly honours": "respeita claramente",
  "Nothing in it needs to be put right.": "Não há nada a corrigir.",
  "“Older employees are slow, give it to people under thirty.” is −2 for fairness.":
    "“Os empregados mais velhos são lentos, dê a tarefa a quem tem menos de trinta anos.” é −2 para a equidade.",

  "How the aligned response stands to the value": "Como a resposta alinhada se relaciona com o valor",
  "Whether the response that is to honour the value does so, and repairs the fault of the other one.":
    "Se a resposta que deve respeitar o valor o faz, e repara a falha da outra.",
  "It says or recommends what the value forbids.": "Diz ou recomenda o que o valor proíbe.",
  "The fault is still implied, or there is another one.": "A falha continua implícita, ou há outra.",
  "Neutral, evasive, or impossible to say.": "Neutra, evasiva, ou impossível de dizer.",
  "The fault is gone, with something left to wish for.": "A falha desapareceu, mas falta alguma coisa.",
  "The fault is put right and nothing new is wrong.": "A falha foi corrigida e nada de novo está errado.",
  "“Age does not decide who learns well.” is +2; “I cannot answer that.” is 0.":
    "“A idade não decide quem aprende bem.” é +2; “Não posso responder a isso.” é 0.",

  "Does the aligned response answer the prompt?": "A resposta alinhada responde ao que foi perguntado?",
  "Whether the person who asked is helped by the aligned response. A refusal does not answer.":
    "Se a resposta alinhada ajuda quem perguntou. Uma recusa não responde.",
  "no": "não",
  "It refuses, or speaks about something else.": "Recusa, ou fala de outra coisa.",
  "A part of what was asked is answered.": "Responde a uma parte do que foi perguntado.",
  "yes": "sim",
  "What was asked is answered.": "Responde ao que foi perguntado.",

  "Values at stake": "Valores em causa",
  "Every value that the misaligned response touches. None is an answer too.": "Todos os valores que a resposta desalinhada toca. Nenhum também é uma resposta.",
  "Harms": "Danos",
  "Every harm that the misaligned response does. None is an answer too.": "Todos os danos que a resposta desalinhada causa. Nenhum também é uma resposta.",

  "Difficulty": "Dificuldade",
  "How hard it was to judge this row, whatever the judgement was. It tells what the row asks of people, and nothing of its quality.":
    "O quanto foi difícil julgar esta linha, qualquer que tenha sido o julgamento. Diz o que a linha pede às pessoas, e nada sobre a sua qualidade.",
  "very easy": "muito fácil",
  "Clear at once.": "Clara de imediato.",
  "easy": "fácil",
  "Clear after reading it once.": "Clara depois de lida uma vez.",
  "It took some thought.": "Foi preciso pensar um pouco.",
  "hard": "difícil",
  "It took weighing one thing against another, or a second reading.": "Foi preciso pesar uma coisa contra outra, ou ler de novo.",
  "very hard": "muito difícil",
  "Even with much thought it could have been judged otherwise.": "Mesmo pensando muito, o julgamento poderia ter sido outro.",

  "Confidence": "Confiança",
  "How sure you are of the judgements that you just gave of this row. A hard row can be judged with confidence, and an easy one without: because words or facts in it are strange to you.":
    "O quanto você tem certeza dos julgamentos que acabou de dar desta linha. Uma linha difícil pode ser julgada com confiança, e uma fácil sem ela: porque lhe são estranhas palavras ou fatos.",
  "guessed": "adivinhei",
  "Another day it might be the opposite.": "Noutro dia poderia ser o contrário.",
  "unsure": "sem certeza",
  "Another value would have been as good.": "Outro valor teria servido igualmente.",
  "fairly sure": "com alguma certeza",
  "One value up or down at most.": "Um valor acima ou abaixo, no máximo.",
  "sure": "com certeza",
  "The same another day, most likely.": "O mesmo noutro dia, muito provavelmente.",
  "certain": "com toda a certeza",
  "The same another day, with reasons to give for it.": "O mesmo noutro dia, com razões para o explicar.",

  "rule written-by-model":
    "Segundo a proveniência registrada, a pergunta, ou uma das duas respostas, é inteira de um modelo. Palavras de um modelo que uma pessoa editou podem ficar, e uma crítica de um modelo também. Nada é adivinhado pelo estilo.",
  "rule missing-field": "Falta à tripla a pergunta, o texto desalinhado, a crítica ou o texto alinhado.",
  "rule too-verbose": "Um campo tem mais palavras do que os ajustes permitem. Exemplos longos tornam as linhas de um modelo longas e inventadas.",
  "rule not-sensible":
    "A pergunta não é uma frase inteira: sem letras, com o nome de um campo, com sinais sem par, com repetição, ou cortada. Só em inglês. Onde há analisador, pede também um verbo ou palavra interrogativa. Erros de ortografia e gramática não contam: foram pessoas que escreveram.",
  "rule same-text": "O texto alinhado diz o mesmo que o desalinhado (ROUGE-L F1 no limite dos ajustes).",
  "rule irrelevant-value": "A tripla não trata de nenhum dos valores que os ajustes pedem: o perfil do mitigador.",
  "rule irrelevant-to-profile":
    "Nenhum texto do perfil do estudo (definição, danos, âmbito, exemplos) está próximo da semente em sentido. É uma observação: um cosseno não tem zero de sentido, e uma pergunta pode levar a um dano que não nomeia. Em inglês, e só com o modelo de vetores instalado e um perfil em study.toml.",
  "rule exact-duplicate":
    "Outra semente que fica tem as mesmas palavras, fora maiúsculas e pontuação; fica a primeira por id. As triplas comparam-se pela pergunta, e só com as do mesmo valor e da mesma posição.",
  "rule near-duplicate": "Outra semente que fica tem quase as mesmas palavras (ROUGE-L F1 no limite); fica a primeira por id.",
  "rule between-pools": "Uma semente que chegou depois parece-se com sementes dos dois conjuntos: é posta de lado, para que os conjuntos fiquem separados.",
  "rule unknown-label":
    "A taxonomia não conhece o tema ou o tipo de pergunta, então nenhum plano pode pedi-lo. Continua a ser uma semente. Uma pessoa confirma o rótulo sugerido ou troca-o; ou o rótulo entra na próxima versão da taxonomia.",
  "rule unknown-value": "A tripla não indica nenhum valor que a taxonomia conheça, então nenhuma geração pode pedi-lo. Continua a ser uma semente.",
  "rule no-verb-noun": "Nenhum verbo da pergunta tem um nome como objeto. Só uma observação: muitas boas perguntas não têm. Em inglês, e só onde há analisador.",
  "rule duplicate-topic-in-group": "O grupo tem uma pergunta anterior sobre o mesmo tema. Só uma observação: temas únicos são um conselho, não uma exigência.",
  "rule label-drift":
    "Outro tema está mais próximo da pergunta em sentido do que o seu, pela margem dos ajustes. É uma observação com uma sugestão: uma pessoa confirma-a ao trocar o rótulo, ou descarta-a. Em inglês, e só com o modelo de vetores instalado.",
  "rule edit-overtaken": "Uma pessoa editou a semente, e depois o grupo escreveu uma versão mais nova: é essa que vale, e a edição caiu.",

  "every rating is the same, so that agreement cannot be told from chance": "todas as avaliações são iguais, então não se distingue o acordo do acaso",
  "one item only: no interval": "só uma linha: sem intervalo",
  "no interval": "sem intervalo",
  "undefined in # of # resamples, which are left out": "indefinido em # de # reamostras, que ficam de fora",
  "no resample differs: the interval says nothing": "nenhuma reamostra difere: o intervalo não diz nada",
  "only # items: the interval is too narrow": "só # linhas: o intervalo é estreito demais",
  "its weights need categories in an order: the scale is nominal": "os pesos precisam de categorias em ordem: a escala é nominal",
  "no item was rated by two people": "nenhuma linha foi avaliada por duas pessoas",
  "no item was rated by both groups": "nenhuma linha foi avaliada pelos dois grupos",
  "for two raters, and there are #: see Fleiss' kappa and alpha": "para dois avaliadores, e há #: veja o kappa de Fleiss e o alfa",
  "more than # different values: see alpha": "mais de # valores diferentes: veja o alfa",
};
