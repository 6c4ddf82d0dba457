-- Whom a device names as its supporter, where no answered request of this portal shows it.
ALTER TABLE session ADD COLUMN claimed TEXT;
UPDATE session SET claimed = supporter, supporter = NULL
  WHERE supporter IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders
    WHERE orders.device = session.device AND orders.session = session.id
      AND orders.kind = 'join' AND orders.outcome = 'joined'
      AND orders.supporter = session.supporter);
