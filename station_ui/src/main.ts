import { mount } from "svelte";

import App from "./App.svelte";
import { enter } from "./api/session.svelte";
import "./style.css";

const place = document.getElementById("page");
if (place) {
  mount(App, { target: place });
  void enter();
}
