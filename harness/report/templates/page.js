'use strict';
// The page is whole without this script; it adds copy buttons, "open all", and opens what a link points at.
(function () {
  function button(label, action) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = label;
    made.addEventListener('click', action);
    return made;
  }

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error('copying is not allowed here'));
  }

  for (const command of document.querySelectorAll('pre.command')) {
    const text = command.textContent;
    const frame = document.createElement('div');
    frame.className = 'copyable';
    command.replaceWith(frame);
    const copied = button('Copy', function () {
      copy(text).then(function () { copied.textContent = 'Copied'; }, function () { copied.textContent = 'Not allowed'; })
        .then(function () { setTimeout(function () { copied.textContent = 'Copy'; }, 1500); });
    });
    frame.append(command, copied);
  }

  const scenarios = document.querySelectorAll('details.scenario');
  const bar = document.querySelector('.toolbar');
  if (bar) {
    const all = function (open) { return function () { for (const one of scenarios) one.open = open; }; };
    bar.append(button('Open all', all(true)), button('Close all', all(false)));
  }

  function reveal() {
    let name = '';
    try { name = decodeURIComponent(location.hash.slice(1)); } catch (error) { return; }
    const target = name && document.getElementById(name);
    const holder = target && target.closest('details');
    if (!holder) return;
    holder.open = true;
    holder.scrollIntoView();
  }
  window.addEventListener('hashchange', reveal);
  document.addEventListener('click', function (event) {
    const link = event.target.closest('a');
    // A second click on the same link changes no hash.
    if (link && link.getAttribute('href') === location.hash) setTimeout(reveal);
  });
  reveal();
})();
