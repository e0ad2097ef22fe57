"""Words of titles and descriptions: found by an index, and noted so that they are found mistyped (see
0011_words_of_texts)."""

from django.db import migrations

INDEX = """
CREATE INDEX media_title_words ON media_index_media USING gin (media_index_words(title)) WHERE title <> '';
CREATE INDEX media_caption_words ON media_index_media USING gin (media_index_words(caption)) WHERE caption <> '';
"""
NO_INDEX = "DROP INDEX media_title_words; DROP INDEX media_caption_words;"
NOTED = """
CREATE FUNCTION media_index_media_said() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM media_index_note_words(ARRAY[NEW.title, NEW.caption]::text[]);
    RETURN NULL;
END
$$;
CREATE TRIGGER media_said AFTER INSERT OR UPDATE OF title, caption ON media_index_media
    FOR EACH ROW WHEN (NEW.title <> '' OR NEW.caption <> '') EXECUTE FUNCTION media_index_media_said();
"""
NOT_NOTED = """
DROP TRIGGER media_said ON media_index_media;
DROP FUNCTION media_index_media_said();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("media_index", "0015_what_is_kept_out_of_memories"),
    ]

    operations = [
        migrations.RunSQL(INDEX, NO_INDEX),
        migrations.RunSQL(NOTED, NOT_NOTED),
    ]
