"""Full text search in names of files: words as ``media_index.search.words.wording`` cuts them, and those of paths by trigrams.

Everything in the function is PostgreSQL's own and immutable, so it can stand in an index and survives a restore, which
the dictionary of the extension "unaccent" does not.
"""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

LONGEST_WORD = 60
"""Characters of a word that are kept: PostgreSQL refuses more than 2,046 bytes, and no one types as many."""

FUNCTION = f"""
CREATE FUNCTION media_index_words(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(word, {LONGEST_WORD})), '{{}}'))
      FROM regexp_split_to_table(
          regexp_replace(
              replace(replace(replace(replace(
                  translate(lower(normalize(given, NFKD)), 'øłđı', 'oldi'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ß', 'ss'),
              '[\\u0300-\\u036f]', '', 'g'),
          '[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u2000-\\u206f\\u3000-\\u303f]+') AS word
     WHERE word <> ''
$$;
"""
NO_FUNCTION = "DROP FUNCTION media_index_words(text);"

INDEX = """
CREATE INDEX location_words ON media_index_location USING gin (media_index_words(path)) WHERE gone_at IS NULL;
"""

NOTED = """
CREATE FUNCTION media_index_note_words(given text[]) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO media_index_fileword (text)
    SELECT DISTINCT word FROM unnest(given) AS path, unnest(tsvector_to_array(media_index_words(path))) AS word
     WHERE word ~ '^[^0-9]{4,}$' AND NOT EXISTS (SELECT FROM media_index_fileword w WHERE w.text = word)
$$;
CREATE FUNCTION media_index_location_came() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM media_index_note_words((SELECT array_agg(path) FROM fresh));
    RETURN NULL;
END
$$;
CREATE FUNCTION media_index_location_moved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM media_index_note_words(ARRAY[NEW.path]);
    RETURN NULL;
END
$$;
CREATE TRIGGER location_came AFTER INSERT ON media_index_location
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION media_index_location_came();
CREATE TRIGGER location_moved AFTER UPDATE OF path ON media_index_location
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION media_index_location_moved();
SELECT media_index_note_words((SELECT array_agg(path) FROM media_index_location));
"""
NOT_NOTED = """
DROP TRIGGER location_came ON media_index_location;
DROP TRIGGER location_moved ON media_index_location;
DROP FUNCTION media_index_location_came();
DROP FUNCTION media_index_location_moved();
DROP FUNCTION media_index_note_words(text[]);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('media_index', '0010_places_colours_durations'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='FileWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['text'], name='file_word'), django.contrib.postgres.indexes.GinIndex(fields=['text'], name='file_word_trigrams', opclasses=['gin_trgm_ops'])],
            },
        ),
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
        migrations.RunSQL(INDEX, "DROP INDEX location_words"),
        migrations.RunSQL(NOTED, NOT_NOTED),
        migrations.AddIndex(
            model_name='media',
            index=models.Index(fields=['-taken_at', '-id'], name='media_newest'),
        ),
    ]
