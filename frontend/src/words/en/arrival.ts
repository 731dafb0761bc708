// What the pages of this area say, in English.
export const arrival = {
  "person.someone": "Someone",

  // at the door
  "join.contact_title": "Whom to turn to",
  "join.shown": "How your group sees you",
  "join.shown_name": "By this name",
  "join.shown_someone": "As “Someone”",
  "join.shown_someone_why": "The organisers still see the name above. You choose this now; it cannot be changed later.",
  "consent.title": "What you agree to",
  "consent.lead": "Tick only what you agree to. You can change your mind at any time on your own page.",
  "consent.required": "Needed to take part.",
  "profile.title": "A few words about you",
  "profile.optional": "(optional)",
  "profile.who":
    "Only the organisers and moderators see this, never your group. It is used to describe, in general terms, who wrote the examples. Leave empty what you like.",
  "profile.position": "What you do",
  "profile.position_why": "For example student, nurse, retired. Asked to see which walks of life took part.",
  "profile.background": "Your field or background",
  "profile.background_why": "For example law, sociology, software. Asked to see which kinds of knowledge came together.",
  "profile.place": "Where you live",
  "profile.place_why": "A country or region is enough. Asked because what is right to say differs from place to place.",
  "profile.positionality": "From where you see things",
  "profile.positionality_why": "Anything about you that shapes how you judge a reply. Asked to read the examples fairly.",

  "code.bad_consent": "The workshop asks for something else by now. Load the page again.",
  "code.consent_needed": "Without agreeing to this you cannot take part. If you do not want to, close the page: nothing was kept.",

  // the moment
  "here.now": "Now",
  "here.to_board": "Go to your group’s board",
  "here.next": "Next: {step}.",
  "here.by_itself": "This page takes you there.",
  "here.soon": "We begin soon",
  "here.wait": "Leave this page open: it goes along with the workshop. Until then you can look around.",
  "here.paused": "Nothing is under way now",
  "here.paused_lead": "What you wrote is kept. When the workshop goes on, this page goes along. You can close it and come back in this browser.",
  "here.first": "What comes first:",
  "here.minutes": { one: "{n} minute", other: "{n} minutes" },
  "here.call": "Join your group’s video call",
  "here.alone": "Nobody else of your group is here yet.",
  "here.with": { one: "{n} other person is here:", other: "{n} others are here:" },
  "here.boards": "Your boards",

  // going along with the programme
  "follow.away": "Your group is at “{step}” now. Everything you wrote is kept.",
  "follow.go": "Go there",
  "follow.now": "Now: {step}.",
  "timer.left": { one: "{n} minute left", other: "{n} minutes left" },
  "timer.paused": { one: "Held at {n} minute", other: "Held at {n} minutes" },
  "timer.up": "Time to move on together",
  "break.until": "Break until {when}",
  "break.lead": "Everything you wrote is kept. You can read here; writing goes on after the break.",
  "break.over": "The break is over",
  "break.over_lead": "We go on together in a moment.",
  "announce.from": "From the moderators, {when}",
  "announce.seen": "Got it",
  "hall.ask": "Ask the moderator",
  "moved.told": "You were moved from group {from} to group {group}. What you wrote stays with group {from}.",
  "moved.seen": "Go to group {group}",

  // a second device
  "device.title": "Use another device",
  "device.how": "Open this address on your other device, or point its camera at the picture. You are the same person there.",
  "device.once": "It works once, until {when}. Show it to nobody: whoever opens it writes as you.",
  "device.lead": "You go on here as {name}, on this device too.",
  "device.instead": "In this browser you are {name} now. That ends when you go on.",
  "device.send": "Go on as {name}",
  "device.closed_title": "This address does not open",
  "device.closed": "Such an address works once and for ten minutes. Make a new one on your first device, in the menu at the top.",

  // before misaligned writing
  "warning.title": "Before you begin",
  "warning.text":
    "In this part you write replies that are wrong on purpose, so that they can be criticised and improved. Some may be unpleasant to write or to read.",
  "warning.contact": "Whom to turn to:",
  "warning.write": "I understand, let me write",
  "warning.opt_out": "I would rather not write such replies",
  "warning.change": "Both are fine. Who does not write them still criticises and improves. You can change this at any time.",
  "warning.writes": "You write failing replies too.",
  "warning.opted_out": "You write no failing replies.",
  "warning.again": "Change",
} as const;
