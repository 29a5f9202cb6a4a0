// A Mini App's first page: Telegram hands over what it has signed in the address, after the "#".
"use strict";
const given = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
if (given) {
  const form = document.getElementById("enter");
  form.elements.data.value = given;
  history.replaceState(null, "", location.pathname);
  form.submit();
}
