// What the pages of this area say, in Portuguese.
import type { arrival as English } from "../en/arrival";
import type { Same } from "../words.svelte";

export const arrival: Same<typeof English> = {
  "person.someone": "Alguém",

  // at the door
  "join.contact_title": "A quem recorrer",
  "join.shown": "Como o seu grupo vê você",
  "join.shown_name": "Com este nome",
  "join.shown_someone": "Como “Alguém”",
  "join.shown_someone_why": "A organização continua a ver o nome acima. Você escolhe isso agora; depois não dá para mudar.",
  "consent.title": "Com o que você concorda",
  "consent.lead": "Marque só o que aceita. Pode mudar de ideia na sua página.",
  "consent.required": "Necessário para participar.",
  "profile.title": "Algumas palavras sobre você",
  "profile.optional": "(opcional)",
  "profile.who":
    "Só a organização e a moderação veem isto, nunca o seu grupo. Serve para descrever, em termos gerais, quem escreveu os exemplos. Deixe em branco o que quiser.",
  "profile.position": "O que você faz",
  "profile.position_why": "Por exemplo estudante, enfermeira, aposentado. Perguntamos para ver que caminhos de vida participaram.",
  "profile.background": "A sua área ou formação",
  "profile.background_why": "Por exemplo direito, sociologia, software. Perguntamos para ver que saberes se encontraram.",
  "profile.place": "Onde você mora",
  "profile.place_why": "Basta um país ou uma região. Perguntamos porque o que é certo dizer muda de um lugar para outro.",
  "profile.positionality": "De onde você vê as coisas",
  "profile.positionality_why": "O que em você influencia como julga uma resposta. Perguntamos para ler os exemplos com justiça.",

  "code.bad_consent": "A oficina agora pergunta outra coisa. Carregue a página de novo.",
  "code.consent_needed": "Sem concordar com isto não é possível participar. Se não quiser, feche a página: nada foi guardado.",

  // the moment
  "here.now": "Agora",
  "here.to_board": "Ir ao quadro do seu grupo",
  "here.next": "Depois: {step}.",
  "here.by_itself": "Esta página leva você até lá.",
  "here.soon": "Começamos em breve",
  "here.wait": "Deixe esta página aberta: ela acompanha a oficina. Até lá você pode olhar em volta.",
  "here.paused": "Nada está em curso agora",
  "here.paused_lead": "O que você escreveu está guardado. Quando a oficina continuar, esta página acompanha. Você pode fechá-la e voltar neste navegador.",
  "here.first": "O que vem primeiro:",
  "here.minutes": { one: "{n} minuto", other: "{n} minutos" },
  "here.call": "Entrar na videochamada do grupo",
  "here.alone": "Ainda não há mais ninguém do seu grupo aqui.",
  "here.with": { one: "Há {n} outra pessoa aqui:", other: "Há {n} outras pessoas aqui:" },
  "here.boards": "Os seus quadros",

  // going along with the programme
  "follow.away": "O seu grupo está em “{step}” agora. Tudo o que você escreveu está guardado.",
  "follow.go": "Ir para lá",
  "follow.now": "Agora: {step}.",
  "timer.left": { one: "Falta {n} minuto", other: "Faltam {n} minutos" },
  "timer.paused": { one: "Parado em {n} minuto", other: "Parado em {n} minutos" },
  "timer.up": "Hora de avançarmos todos juntos",
  "break.until": "Intervalo até {when}",
  "break.lead": "Tudo o que você escreveu está guardado. Aqui se pode ler; escreve-se de novo depois do intervalo.",
  "break.over": "O intervalo acabou",
  "break.over_lead": "Em instantes continuamos juntos.",
  "announce.from": "Da moderação, {when}",
  "announce.seen": "Entendi",
  "hall.ask": "Perguntar a quem modera",
  "moved.told": "Você passou do grupo {from} para o grupo {group}. O que escreveu fica no grupo {from}.",
  "moved.seen": "Ir ao grupo {group}",

  // a second device
  "device.title": "Usar outro aparelho",
  "device.how": "Abra este endereço no outro aparelho, ou aponte a câmera para a imagem. Lá você é a mesma pessoa.",
  "device.once": "Funciona uma vez, até {when}. Não mostre a ninguém: quem o abre escreve como você.",
  "device.lead": "Você continua aqui como {name}, também neste aparelho.",
  "device.instead": "Neste navegador você é agora {name}. Isso termina quando continuar.",
  "device.send": "Continuar como {name}",
  "device.closed_title": "Este endereço não abre",
  "device.closed": "Um endereço destes funciona uma vez e por dez minutos. Crie outro no primeiro aparelho, no menu do alto.",

  // before misaligned writing
  "warning.title": "Antes de começar",
  "warning.text":
    "Nesta parte você escreve respostas erradas de propósito, para que sejam criticadas e melhoradas. Algumas podem ser desagradáveis de escrever ou de ler.",
  "warning.contact": "A quem recorrer:",
  "warning.write": "Entendi, quero escrever",
  "warning.opt_out": "Prefiro não escrever essas respostas",
  "warning.change": "As duas escolhas servem. Quem não as escreve também critica e melhora. Você pode mudar a qualquer momento.",
  "warning.writes": "Você também escreve respostas que falham.",
  "warning.opted_out": "Você não escreve respostas que falham.",
  "warning.again": "Mudar",
} as const;
