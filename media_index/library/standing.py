"""People's word stands over the file's: what somebody said of a date or a place, and what the file says, side by side.

An :class:`media_index.models.Edited` holds both. The media and its capture show people's word where there is one, and
the file's where they took it back; so nothing else needs to ask.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

BEGIN = """
INSERT INTO media_index_edited (media_id, taken, place, file_taken_at, file_taken_offset, file_taken_from,
                                file_latitude, file_longitude, file_altitude, file_named_id)
SELECT m.id, FALSE, FALSE, m.taken_at, m.taken_offset, m.taken_from, c.latitude, c.longitude, c.altitude, c.place_id
  FROM media_index_media m LEFT JOIN media_index_capture c ON c.media_id = m.id
 WHERE m.id = ANY(%s)
ON CONFLICT (media_id) DO NOTHING
"""
TAKEN = """
UPDATE media_index_media m
   SET taken_at = e.file_taken_at, taken_offset = e.file_taken_offset, taken_from = e.file_taken_from
  FROM media_index_edited e
 WHERE e.media_id = m.id AND m.id = ANY(%s) AND NOT e.taken AND e.file_taken_at IS NOT NULL
   AND (m.taken_at, m.taken_offset, m.taken_from)
       IS DISTINCT FROM (e.file_taken_at, e.file_taken_offset, e.file_taken_from)
"""
PLACE = """
INSERT INTO media_index_capture AS c
       (media_id, camera_make, camera_model, lens, latitude, longitude, altitude, place_id)
SELECT e.media_id, '', '', '',
       CASE WHEN e.place THEN e.latitude ELSE e.file_latitude END,
       CASE WHEN e.place THEN e.longitude ELSE e.file_longitude END,
       CASE WHEN e.place THEN NULL ELSE e.file_altitude END,
       CASE WHEN e.place THEN e.named_id ELSE e.file_named_id END
  FROM media_index_edited e WHERE e.media_id = ANY(%s)
ON CONFLICT (media_id) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude,
                                     altitude = excluded.altitude, place_id = excluded.place_id
 WHERE (c.latitude, c.longitude, c.altitude, c.place_id)
       IS DISTINCT FROM (excluded.latitude, excluded.longitude, excluded.altitude, excluded.place_id)
"""


def edited_begin(media_ids: Collection[int]) -> None:
    """Before somebody says something of these media: what their files say is put aside, and each has a capture."""
    _execute(BEGIN, media_ids)
    _execute(PLACE, media_ids)


def file_word_return(media_ids: Collection[int]) -> None:
    """The media, of those that somebody said something of, show people's word where it stands and the file's where it
    does not. Two statements."""
    _execute(TAKEN, media_ids)
    _execute(PLACE, media_ids)


def places_stand(media_ids: Collection[int]) -> None:
    """The captures of media whose file has another content by now went; what people said of the place did not."""
    _execute(PLACE, media_ids)


def _execute(sql: str, media_ids: Collection[int]) -> None:
    if media_ids:
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(media_ids)])
