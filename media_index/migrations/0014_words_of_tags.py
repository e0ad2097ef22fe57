"""Words of tags: found by an index, and noted so that they are found mistyped (see 0011_words_of_texts)."""

from django.db import migrations

INDEX = "CREATE INDEX tag_words ON media_index_tag USING gin (media_index_words(name));"
NOTED = """
CREATE FUNCTION media_index_tag_named() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM media_index_note_words(ARRAY[NEW.name]::text[]);
    RETURN NULL;
END
$$;
CREATE TRIGGER tag_named AFTER INSERT OR UPDATE OF name ON media_index_tag
    FOR EACH ROW EXECUTE FUNCTION media_index_tag_named();
SELECT media_index_note_words((SELECT array_agg(name::text) FROM media_index_tag));
"""
NOT_NOTED = """
DROP TRIGGER tag_named ON media_index_tag;
DROP FUNCTION media_index_tag_named();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("media_index", "0013_what_people_changed"),
    ]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX tag_words"),
        migrations.RunSQL(NOTED, NOT_NOTED),
    ]
