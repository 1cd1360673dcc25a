// The field of an image in the form of one record: a file, or a frame of the camera.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { Picture } from './messages.ts';
import { Preview } from './preview.tsx';

interface Props {
  readonly id: string;
  /** The file to begin with. */
  readonly example: File | undefined;
  /** A file that was dropped on the page. */
  readonly dropped: File | undefined;
  readonly onPicture: (picture: Picture) => void;
}

/** What is shown: the file itself, or the frame as a picture. */
interface Shown {
  readonly file: Blob;
  readonly name: string;
}

export function PictureField({ id, example, dropped, onPicture }: Props): JSX.Element {
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<string>();
  const take = (file: File | undefined): void => {
    if (!file) return;
    setError(undefined);
    setShown({ file, name: file.name });
    onPicture(file);
  };
  useEffect(() => take(example), [example]);
  useEffect(() => take(dropped), [dropped]);
  const shoot = async (): Promise<void> => {
    try {
      const { frame, file } = await takeFrame();
      setError(undefined);
      setShown({ file, name: 'Frame of the camera' });
      onPicture(frame);
    } catch (failure) {
      setError(`The camera gives no picture: ${(failure as Error).message || (failure as Error).name}`);
    }
  };
  return (
    <>
      <input
        id={id}
        type="file"
        accept="image/png,image/jpeg,.pgm,.ppm,.pnm"
        onInput={(event) => take(event.currentTarget.files?.[0])}
      />
      {navigator.mediaDevices?.getUserMedia !== undefined && (
        <button type="button" onClick={() => void shoot()}>
          Take a picture
        </button>
      )}
      <ErrorMessage text={error} />
      {shown && (
        <figure class="picture">
          <Preview file={shown.file} name={shown.name} />
          <figcaption>{shown.name}</figcaption>
        </figure>
      )}
    </>
  );
}

/** One frame of the camera, which is switched off afterwards. @throws DOMException if there is none or it is not allowed */
async function takeFrame(): Promise<{ readonly frame: ImageData; readonly file: Blob }> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  try {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser draws no pictures');
    context.drawImage(video, 0, 0);
    const frame = context.getImageData(0, 0, canvas.width, canvas.height);
    const file = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (!file) throw new Error('this browser draws no pictures');
    return { frame, file };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
