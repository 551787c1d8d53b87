-- The connection by which an instance last renewed its lease: without it the instance has ended.
ALTER TABLE answer_nodes ADD COLUMN backend BIGINT;
ALTER TABLE answer_nodes ADD COLUMN backend_at BIGINT;
