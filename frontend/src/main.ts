import "./look/tokens.css";
import "./look/base.css";
import "./look/fields.css";
import "./look/people.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { follow } from "./router.svelte";
import { preferred, speak } from "./words/words.svelte";

await speak(preferred());
follow();
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
