/** Largest file that `POST /upload` takes: the body is the file, `content-type` its kind, `x-file-name` its name, percent-encoded. It answers an `AssetRef`. */
export const UPLOAD_LIMIT_BYTES = 512 * 1024 * 1024;
