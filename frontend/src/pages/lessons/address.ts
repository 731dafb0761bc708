// Addresses of what a lesson was learnt from: ids and numbers alone, as the server takes them.

const ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
const ADDRESS = new RegExp(
  `^(topic:${ID}/${ID}|note:${ID}/[a-z]{1,32}/[a-z0-9]{1,16}|source:${ID}:[0-9]{1,9}-[0-9]{1,9}|(intervention|checkin|question):[a-z0-9]{1,16}|figure:${ID})$`,
);

export const isAddress = (text: string): boolean => ADDRESS.test(text);
