export const tour = {
  take: 'Take the tour',
  welcome: 'A picture that speaks',
  welcomeText:
    'This is a sample talk, ready to play and to export. Six short steps show where everything is; change whatever you like on the way.',
  script: 'What is said',
  scriptText:
    'One line is one utterance. Type over it, press Enter for the next one, and give each line its emotion. The small triangle speaks a line at once.',
  stage: 'Who says it',
  stageText:
    'Press play: these are the frames that will be exported, not a sketch. Drag the picture to move it, and drop a picture file here to add it.',
  inspector: 'Your face, your voice',
  inspectorText:
    'Choose your own picture and correct lips and eyes, pick a voice or record yours, and shape emotions of your own.',
  timeline: 'When it happens',
  timelineText:
    'Sound, words and the shapes of the mouth under the script. Drag in the coloured lane to make an emotion stronger or weaker.',
  export: 'Make the video',
  exportText:
    'Export for several places at once; it goes on in the background, and what is finished lies in the library. Every command is found under the magnifying glass beside it.',
  count: '{step} of {steps}',
  skip: 'Skip',
  back: 'Back',
  next: 'Next',
  begin: 'Show me',
  finish: 'Done',
  checking: 'Checking whether this computer has everything it takes…',
  checkFailed: 'This computer could not be checked now; see Help.',
  notes: '{count} {count|note|notes}',
} as const;
