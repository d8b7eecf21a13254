// The desk's only script: progress of a job, and files dropped on a page. Every page works without it.
'use strict';

function followJob(card) {
  const source = new EventSource(card.dataset.progress);
  const bar = document.getElementById('job-bar');
  const amount = document.getElementById('job-amount');
  source.addEventListener('progress', (event) => {
    const told = JSON.parse(event.data);
    if (told.state !== card.dataset.state) { location.reload(); return; }
    if (told.percent === null) { bar.removeAttribute('value'); } else { bar.value = told.percent; }
    amount.textContent = told.amount;
  });
  source.addEventListener('ended', () => { source.close(); location.reload(); });
  source.addEventListener('error', () => { source.close(); setTimeout(() => location.reload(), 3000); });
}

// A draft's preview: the page shows it at once, unless something was typed that a new page would lose.
function followPreview(section) {
  const source = new EventSource(section.dataset.preview);
  const bar = document.getElementById('preview-bar');
  const state = document.getElementById('preview-state');
  const form = document.getElementById('draft');
  let typed = false;
  if (form) { form.addEventListener('input', () => { typed = true; }); }
  source.addEventListener('progress', (event) => {
    const told = JSON.parse(event.data);
    if (told.percent === null) { bar.removeAttribute('value'); } else { bar.value = told.percent; }
  });
  source.addEventListener('ended', () => {
    source.close();
    if (!typed) { location.reload(); return; }
    bar.hidden = true;
    state.textContent = state.dataset.wordsReady;
  });
  source.addEventListener('error', () => source.close());
}

// All files of a dropped entry, as [path, File]; folders are read to their end.
async function filesOf(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [[path + file.name, file]];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) { return found; }
    for (const one of some) { found.push(...await filesOf(one, `${path}${entry.name}/`)); }
  }
}

async function filesOfDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) { return [...transfer.files].map((file) => [file.name, file]); }
  const found = [];
  for (const entry of entries) { found.push(...await filesOf(entry, '')); }
  return found;
}

// Sends files with their paths and dates; the form token goes first, for it is compared before anything is kept.
function sendFiles(form, files) {
  const state = document.getElementById('upload-state');
  const bar = document.getElementById('upload-bar');
  const words = form.dataset;
  if (files.length === 0) { state.textContent = words.wordsEmpty; return; }
  if (files.reduce((sum, [, file]) => sum + file.size, 0) > Number(words.largest)) {
    state.textContent = words.wordsLarge;
    return;
  }
  const data = new FormData();
  data.append('form-token', form.elements['form-token'].value);
  for (const [path, file] of files) {
    data.append('path', path);
    data.append('modified', String(file.lastModified));
    data.append('file', file, 'file');
  }
  const request = new XMLHttpRequest();
  request.upload.addEventListener('progress', (event) => {
    if (event.lengthComputable) { bar.value = event.loaded * 100 / event.total; }
  });
  request.addEventListener('load', () => {
    if (request.status < 400) { location.assign(request.responseURL); return; }
    const answer = new DOMParser().parseFromString(request.responseText, 'text/html');
    const problem = answer.querySelector('[role=alert]');
    state.textContent = (problem ? problem.textContent : words.wordsFailed).trim();
    bar.hidden = true;
  });
  request.addEventListener('error', () => { state.textContent = words.wordsFailed; bar.hidden = true; });
  state.textContent = words.wordsSending;
  bar.hidden = false;
  request.open('POST', form.action);
  request.send(data);
}

function acceptFiles(form) {
  const place = document.getElementById('drop');
  document.documentElement.classList.add('has-script');
  place.addEventListener('dragover', (event) => { event.preventDefault(); place.classList.add('over'); });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', async (event) => {
    event.preventDefault();
    place.classList.remove('over');
    try {
      sendFiles(form, await filesOfDrop(event.dataTransfer));
    } catch {  // such as a file that the browser may not read, or whose name it does not understand
      document.getElementById('upload-state').textContent = form.dataset.wordsFailed;
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const picked = [...form.querySelectorAll('input[type=file]')].flatMap((input) => [...input.files]);
    sendFiles(form, picked.map((file) => [file.webkitRelativePath || file.name, file]));
  });
}

for (const card of document.querySelectorAll('[data-progress]')) { followJob(card); }
for (const section of document.querySelectorAll('[data-preview]')) { followPreview(section); }
if (document.getElementById('upload')) { acceptFiles(document.getElementById('upload')); }
