export { BailianEmbeddings } from './embeddings.ts';
export { BailianRerank } from './rerank.ts';
