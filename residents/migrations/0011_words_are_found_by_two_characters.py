"""Words are found by two characters: every pair of neighbours is kept beside them, and indexed.

White space ends a pair: what is asked for is cut at it, too. Letters are folded as ILIKE folds them.
"""

import django.contrib.postgres.indexes
from django.db import migrations

import residents.models.word_pairs

WORD_PAIRS = """
CREATE FUNCTION word_pairs(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog
AS $$
  SELECT array_to_tsvector(coalesce(array_agg(DISTINCT one || other), '{}'))
  FROM (
    SELECT one, lead(one) OVER (ORDER BY place) AS other
    FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS signs (one, place)
  ) AS neighbours
  WHERE other IS NOT NULL
    AND one NOT IN (' ', E'\\n', E'\\t', E'\\r')
    AND other NOT IN (' ', E'\\n', E'\\t', E'\\r')
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0010_only_imports_lack_a_place'),
    ]

    operations = [
        migrations.RunSQL(WORD_PAIRS, "DROP FUNCTION word_pairs(text)"),
        migrations.AddField(
            model_name='petition',
            name='pairs',
            field=residents.models.word_pairs.WordPairsField('subject', 'words'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=django.contrib.postgres.indexes.GinIndex(fields=['pairs'], name='petitions_by_pairs'),
        ),
    ]
