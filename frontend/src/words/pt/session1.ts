// What the pages of this area say, in Portuguese.
import type { session1 as English } from "../en/session1";
import type { Same } from "../words.svelte";

export const session1: Same<typeof English> = {
  "step.what": "O que fazer agora",
  choices: "Para escolher",
  "goal.team": { one: "Meta: {n} pergunta do seu grupo", other: "Meta: {n} perguntas do seu grupo" },
  "goal.done": "{n} de {goal}",
  "goal.reached": { one: "{n} escrita. Meta alcançada", other: "{n} escritas. Meta alcançada" },

  // what may be looked up
  guidance: "Consultar",
  "guidance.good": "O que faz uma boa pergunta?",
  "guidance.shelves": "O que consultar",
  "guidance.advice": "Boas perguntas",
  "guidance.topics": "Temas",
  "guidance.types": "Tipos de pergunta",
  "guidance.personas": "Quem perguntaria",
  "guidance.scenarios": "Situações",
  "guidance.tasks": "Tarefas",
  "guidance.none": "A organização não pôs nada aqui.",

  // one’s own topics and types
  "own.mark": "do grupo",
  "own.yours": "Próprio do seu grupo",
  "own.offer": "Incluir o seu: “{label}”",
  "own.put": "“{label}” é do seu grupo. Incluir na lista",
  "own.title_topic": "Incluir o seu tema",
  "own.title_type": "Incluir o seu tipo de pergunta",
  "own.lead": "Ele entra na lista do seu grupo, marcado como de vocês. A organização pode adotá-lo para todos.",
  "own.label": "Como se chama",
  "own.definition": "O que significa",
  "own.definition_hint": "Uma frase, se quiser.",
  "own.add": "Incluir",

  // hints
  "hint.same_topic": "A linha {n} também tem este tema. Outro tema deixa o conjunto mais amplo.",
  "hint.same_cell": "A linha {n} também tem este tema e este tipo de pergunta. Outro par deixa o conjunto mais amplo.",
  "hint.near_duplicate": "Isto é quase igual à linha {n}. Duas diferentes ensinam mais do que duas parecidas.",
  "hint.no_question_mark": "Ainda não há ponto de interrogação. Quem pergunta provavelmente usaria um.",
  "hint.no_verb_noun": "Talvez ajude dizer o que fazer, e com o quê. Se já está claro, deixe assim.",
  "hint.dismiss": "Guardar esta dica: {hint}",
  "hint.away": "Guardar esta dica",

  // the map
  "map.title": "Temas e tipos",
  "map.how": "O número é de perguntas que vocês têm ali. Os lugares vazios esperam.",
  "map.still": "Ainda vazio:",
  "map.begin": "Começar uma pergunta aqui",
  "map.show": "Mostrar o mapa",
  "map.empty": "vazio",

  // beside a question
  vote: "Gosto desta",
  "vote.named": { one: "Gosto da linha {row}, {n} gosta", other: "Gosto da linha {row}, {n} gostam" },
  "vote.some": { one: "{n} gosta", other: "{n} gostam" },
  more: "Mais sobre esta pergunta",
  "more.named": "Mais sobre a linha {row}",
  "more.named_comments": {
    one: "Mais sobre a linha {row}, {n} comentário aberto",
    other: "Mais sobre a linha {row}, {n} comentários abertos",
  },
  "more.title": "Mais sobre a linha {n}",
  details: "O quê, quem, onde",
  "details.task": "O que ela pede",
  "details.persona": "Quem perguntaria",
  "details.scenario": "A situação",

  slots: "Palavras que podem mudar",
  "slots.lead": "Algumas palavras poderiam ser outras do mesmo tipo, como o nome de um país. Marque-as aqui.",
  "slots.words": "As palavras",
  "slots.words_hint": "Selecione-as na pergunta ou digite-as.",
  "slots.kind": "De que tipo são",
  "slots.add": "Marcar",
  "slots.not_there": "Estas palavras não estão na pergunta agora.",
  "slots.gone": "Estas palavras não estão mais na pergunta.",
  "slots.values": "O que poderia estar no lugar",
  "slots.forbidden": "Não aqui: {values}",
  "slots.remove": "Desmarcar “{words}”",
  "slots.take_out": "Desmarcar",

  comments: "Comentários",
  "comments.none": "Sem comentários.",
  "comments.new": "Comente esta pergunta",
  "comments.add": "Enviar o comentário",
  "comments.resolve": "Resolvido",
  "comments.resolved": "resolvido",
  "comments.reopen": "Ainda não resolvido",
  "comments.remove": "Remover",

  versions: "Versões anteriores",
  "versions.none": "Guarde uma versão antes de mudar muito a pergunta. Sempre dá para olhar para trás.",
  "versions.note": "Por que esta versão (opcional)",
  "versions.keep": "Guardar esta versão",
  "versions.kept": "Guardada.",
  "versions.look": "Olhar",
  "versions.hide": "Esconder",
  "keys.more": "Mais sobre a linha em que você está",
  "code.unknown_item": "Isto não está mais aqui.",

  // what a curator gave back
  "returned.asks": "A curadoria pede:",
  "returned.waits": "A curadoria pede uma mudança",
  "moment.row_return": "{who} pediu uma mudança",
};
