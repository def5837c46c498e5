// web/src/main.tsx — the page begins here.
import { render } from 'preact';
import './page/style.css';
import './page/chip.css';
import './page/views.css';
import { App } from './page/app';
import { connect } from './live/node';

connect(false);
const place = document.getElementById('septet');
if (place) {
  place.textContent = '';
  render(<App />, place);
}
