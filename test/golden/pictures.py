# Small pictures as files in base64, and the pixels that Pillow decodes: python3 pictures.py > pictures.json
import base64
import io
import json

from PIL import Image


def picture(width, height, bands):
    out = bytes((x * 11 * (c + 1) + y * 7 + (x * y) % (13 + c)) % 256 for y in range(height) for x in range(width) for c in range(bands))
    return Image.frombytes({1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA'}[bands], (width, height), out)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


FILES = {
    'rgb.png': encoded(picture(21, 17, 3), 'PNG'),
    'rgba.png': encoded(picture(9, 14, 4), 'PNG'),
    'grey-alpha.png': encoded(picture(13, 10, 2), 'PNG'),
    'grey.jpg': encoded(picture(20, 12, 1), 'JPEG', quality=90),
    'progressive.jpg': encoded(picture(26, 19, 3), 'JPEG', quality=85, progressive=True),
}
result = {}
for name, data in FILES.items():
    image = Image.open(io.BytesIO(data))
    mode = 'L' if image.mode in ('L', 'LA') else 'RGB'
    pixels = image.convert(mode).tobytes()
    result[name] = {
        'file': base64.b64encode(data).decode(),
        'width': image.width,
        'height': image.height,
        'pixels': base64.b64encode(pixels).decode(),
    }
# more pixels than a service takes, in few bytes
large = encoded(Image.new('1', (3000, 2000)), 'PNG', optimize=True)
result['large.png'] = {'file': base64.b64encode(large).decode(), 'width': 3000, 'height': 2000, 'pixels': ''}
print(json.dumps(result, indent=1))
